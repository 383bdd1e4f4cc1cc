/** Work on several things at once, with results in the order of the things. */
import { availableParallelism } from 'node:os'

/** How many processes `--jobs` asks for; without it, one for each core. Throws for what is no number of processes. */
export function jobsIn(text: string | undefined): number {
  const jobs = text === undefined ? availableParallelism() : Number(text)
  if (Number.isSafeInteger(jobs) && jobs >= 1) return jobs
  throw new RangeError(`--jobs must be a whole number from 1, not ${text}.`)
}

/** Does `work` for each item, `jobs` of them at once, and hands results on in the order of the items. */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item) => Promise<Result>,
  done: (item: Item, result: Result) => void,
): Promise<void> {
  const results: { readonly result: Result }[] = []
  let [next, shown] = [0, 0]
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      results[index] = { result: await work(items[index]!) }
      for (let ready = results[shown]; ready; ready = results[++shown])
        done(items[shown]!, ready.result)
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
}
