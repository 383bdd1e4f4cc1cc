"""The calcium model of plasticity (Graupner and Brunel, 2012) with NumPy, calcium in closed form; writes the figures beside this file.
Options: c_pre, c_post, theta_p, gamma_p."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

c_pre, c_post, theta_p, gamma_p = asked(c_pre=1.0, c_post=2.0, theta_p=1.3, gamma_p=321.808)
dt, steps, tau_c, tau = 0.5, 20_000, 20.0, 150_000.0
theta_d, gamma_d = 1.0, 200.0
rho = np.full(21, 0.5)
decay = 1 - dt / tau_c  # Euler's method, as a power
calcium = np.zeros((21, steps))
age = np.arange(steps)
for k in range(21):
    for second in range(10):
        for jump, at in ((c_pre, 2000 * second + 600 + 27), (c_post, 2000 * second + 400 + 20 * k)):
            calcium[k, at:] += jump * decay ** age[: steps - at]
for step in range(steps):
    c = calcium[:, step - 1] if step else np.zeros(21)
    slope = -rho * (1 - rho) * (0.5 - rho) + gamma_p * (1 - rho) * (c > theta_p) - gamma_d * rho * (c > theta_d)
    rho = rho + dt / tau * slope
figures = {'dot.rho': rho.tolist(), 'apart': rho[0] - 0.5, 'before': rho[8] - 0.5, 'after': rho[12] - 0.5}
tell(__file__, figures)
