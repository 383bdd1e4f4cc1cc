// Loaded before a command of the soak: the clock that runs count by goes faster, so that checkpoints are
// due every few seconds, and after a while the time of day is that of an hour ago.
const { SOAK_FASTER: faster = '1', SOAK_SET_BACK: setBack } = process.env
const elapsed = performance.now.bind(performance)
performance.now = () => elapsed() * Number(faster)
if (setBack !== undefined) {
  const now = Date.now
  Date.now = () => now() - (elapsed() > Number(setBack) ? 3_600_000 : 0)
}
