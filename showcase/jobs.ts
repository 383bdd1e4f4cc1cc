/** Work on several things at once, with results in the order of the things. */

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
