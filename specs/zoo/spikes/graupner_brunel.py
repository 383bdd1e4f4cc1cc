"""The calcium model of plasticity (Graupner and Brunel, 2012) with NumPy, calcium in closed form; writes the figures beside this file."""
import json
import pathlib
import numpy as np

dt, steps, tau_c, tau = 0.5, 20_000, 20.0, 150_000.0
theta_d, theta_p, gamma_d, gamma_p = 1.0, 1.3, 200.0, 321.808
rho = np.full(21, 0.5)
decay = 1 - dt / tau_c  # Euler's method, as a power
calcium = np.zeros((21, steps))
age = np.arange(steps)
for k in range(21):
    for second in range(10):
        for jump, at in ((1.0, 2000 * second + 600 + 27), (2.0, 2000 * second + 400 + 20 * k)):
            calcium[k, at:] += jump * decay ** age[: steps - at]
for step in range(steps):
    c = calcium[:, step - 1] if step else np.zeros(21)
    slope = -rho * (1 - rho) * (0.5 - rho) + gamma_p * (1 - rho) * (c > theta_p) - gamma_d * rho * (c > theta_d)
    rho = rho + dt / tau * slope
print((rho - 0.5).round(4))
figures = {'dot.rho': rho.tolist(), 'apart': rho[0] - 0.5, 'before': rho[8] - 0.5, 'after': rho[12] - 0.5}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n')
