// A module to load before a program: after a second and a half, the time of day is that of an hour ago.
const now = Date.now
Date.now = () => (performance.now() > 1500 ? now() - 3_600_000 : now())
