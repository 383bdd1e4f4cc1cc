/** One version everywhere, and no place to report a bug named that does not exist. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { version } from '../../compiler/version.ts'
import { versions } from '../../project/package-info.ts'
import { root } from '../helpers/repository.ts'
import { sourceTexts } from './sources.ts'

const read = (name: string): string => readFileSync(`${root}/${name}`, 'utf8')

it('is that of package.json: of the compiler, of manifests, of the lock file, of the citation and of the Python package', () => {
  const { version: own } = JSON.parse(read('package.json')) as { readonly version: string }
  expect(version).toBe(own)
  expect(versions().ccn).toBe(own)
  expect(read('CITATION.cff')).toContain(`\nversion: ${own}\n`)
  expect(read('python/pyproject.toml')).toContain(`\nversion = "${own}"\n`)
  expect(read('python/ccn/__init__.py')).toContain(`\n__version__ = "${own}"\n`)
  const lock = JSON.parse(read('package-lock.json')) as { readonly version: string }
  expect(lock.version).toBe(own)
})

it('names no address but those of data sets and standards', () => {
  const known =
    /data|mnist|kriz|storage\.googleapis|w3\.org|no-color\.org|localhost|\$\{HOST\}|arxiv|doi\.org/
  const found = sourceTexts().flatMap(({ path, text }) =>
    [...text.matchAll(/https?:\/\/[^\s'"`)]+/g)].map(([url]) => `${path}: ${url}`),
  )
  expect(found.filter((each) => !known.test(each))).toEqual([])
})
