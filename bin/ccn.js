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
  const main = existsSync(built) ? built : new URL('../cli/main.ts', import.meta.url)
  if (!existsSync(built)) {
    const { register } = await import('tsx/esm/api')
    register()
  }
  const command = await import(main.href)
  await command.runProcess()
}

/** Why there is no folder to work in, which most modules would fail on; undefined if there is one. */
function lackOfFolder() {
  try {
    process.cwd()
    return undefined
  } catch (error) {
    const reason = error.code === 'ENOENT' ? 'it has been removed' : error.message
    return `error: Cannot use the working folder: ${reason}; change to another (cd).`
  }
}

const lacking = lackOfFolder()
if (lacking !== undefined) {
  console.error(lacking)
  process.exitCode = 1
} else if (isTooOld()) {
  console.error(`ccn needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}.`)
  process.exitCode = 1
} else {
  start().catch((error) => {
    const missing = error.code === 'ERR_MODULE_NOT_FOUND'
    const sentence = missing
      ? `ccn is not installed: run \`npm ci\`. (${error.message})`
      : `error: ${error.message}`
    console.error(process.env.CCN_DEBUG === '1' ? error : sentence)
    process.exitCode = 1
  })
}
