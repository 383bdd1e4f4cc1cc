#!/usr/bin/env node
// Starts the command line: the compiled one if it is built, else the sources by tsx. Written so
// that any version of Node.js can read it, to be able to say that it is too old.

const needed = [20, 19]
const version = process.versions.node.split('.').map(Number)

function isTooOld() {
  return version[0] < needed[0] || (version[0] === needed[0] && version[1] < needed[1])
}

async function start() {
  const { existsSync } = await import('fs')
  const built = new URL('../dist/cli/main.js', import.meta.url)
  const io = new URL(existsSync(built) ? '../dist/cli/io.js' : '../cli/io.ts', import.meta.url)
  const main = existsSync(built) ? built : new URL('../cli/main.ts', import.meta.url)
  if (!existsSync(built)) {
    const { register } = await import('tsx/esm/api')
    register()
  }
  const { processIo } = await import(io.href)
  const command = await import(main.href)
  process.exitCode = await command.main(process.argv.slice(2), processIo())
}

if (isTooOld()) {
  console.error(`ccn needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}.`)
  process.exitCode = 1
} else {
  start().catch((error) => {
    const missing = error.code === 'ERR_MODULE_NOT_FOUND'
    console.error(missing ? `ccn is not installed: run \`npm ci\`. (${error.message})` : error)
    process.exitCode = 1
  })
}
