/** Models of the zoo: `examples/zoo/spikes`. */
import { above, atEnd, below, near } from '../expectations.ts'
import type { ZooModel } from './model.ts'

export const spikes: readonly ZooModel[] = [
  {
    name: 'hodgkin_huxley',
    paper: 'Hodgkin and Huxley, 1952, J. Physiol. 117',
    shows:
      'one spike of a small current, regular firing of larger ones from 50 Hz on, none of 256 uA',
    runs: { main: '' },
    expect: [
      below(atEnd('at_4'), 1),
      near(atEnd('at_8'), 62, 10),
      near(atEnd('at_32'), 101, 10),
      below(atEnd('at_256'), 1),
    ],
    beside: {
      run: '',
      figure: 'at_8',
      within: 1e-9,
      single: 'spikes may come a step early or late',
    },
  },
  {
    name: 'izhikevich_patterns',
    paper: 'Izhikevich, 2003, IEEE Trans. Neural Netw. 14',
    shows: 'six kinds of cortical cells by four numbers: regular, bursting, chattering, fast, ...',
    runs: { main: '' },
    expect: [
      near(atEnd('regular'), 23, 3),
      near(atEnd('bursting'), 31, 3),
      above(atEnd('cv'), 1.2),
      near(atEnd('fast'), 123, 6),
      near(atEnd('low_threshold'), 71, 6),
      near(atEnd('resonator'), 174, 6),
    ],
    beside: { run: '', figure: 'fast', within: 1e-9, single: 0.03 },
  },
]
