/**
 * Every diagnostic of CCN: stable code, severity, message template. `{name}` stands for a
 * parameter. Numbers are grouped by stage and never used again for another meaning:
 * 1xxx syntax, 2xxx names and kinds, 3xxx shapes, 4xxx units and ranges, 5xxx circuit rules
 * (cycles, locality, signs, phases, transport), 6xxx experiments and data, 7xxx lowering,
 * 8xxx unused or suspicious.
 */
import type { Severity } from './diagnostic.ts'

export interface DiagnosticKind {
  readonly code: string
  readonly severity: Severity
  readonly template: string
}

const error = (code: string, template: string): DiagnosticKind => ({ code, severity: 'error', template })
const warning = (code: string, template: string): DiagnosticKind => ({ code, severity: 'warning', template })
const remark = (code: string, template: string): DiagnosticKind => ({ code, severity: 'remark', template })

export const codes = {
  // 1xxx syntax
  unexpectedCharacter: error('CCN1001', 'The character {found} has no meaning here.'),
  unexpectedToken: error('CCN1002', 'Expected {expected}, but found {found}.'),
  unterminatedString: error('CCN1003', 'This string is not closed before the end of its line.'),
  unterminatedComment: error('CCN1004', 'This comment is not closed before the end of the file.'),
  tooDeep: error('CCN1005', 'This is nested more than {limit} levels deep.'),
  tooLong: error('CCN1006', 'The file has {found} characters; the limit is {limit}.'),

  // 2xxx names and kinds
  unknownName: error('CCN2001', 'There is no {kind} named `{name}` here.'),
  duplicateName: error('CCN2002', '`{name}` is declared twice.'),
  wrongKind: error('CCN2003', '`{name}` is {found}, but {expected} is needed here.'),
  unknownMember: error('CCN2004', '{owner} has no {kind} named `{name}`.'),
  unknownOption: error('CCN2005', '{owner} has no option named `{name}`.'),
  missingArgument: error('CCN2006', '{owner} needs a value for `{name}`.'),
  tooManyArguments: error('CCN2007', '{owner} takes {expected} arguments, but {found} are given.'),
  importNotFound: error('CCN2008', 'There is no file `{path}` to import from.'),
  importOutside: error('CCN2009', 'The import `{path}` lies outside the project folder.'),
  importCycle: error('CCN2010', 'These files import each other: {cycle}.'),
  importMissing: error('CCN2011', '`{path}` declares nothing named `{name}`.'),
  importNotAllowed: error('CCN2012', '`{name}` is {kind}; only definitions can be imported, not parts of a circuit.'),
  definitionCycle: error('CCN2013', 'These definitions depend on each other: {cycle}.'),
  unreadable: error('CCN2014', 'Cannot read `{path}`: {reason}.'),
  notConstant: error('CCN2015', 'This must be known when the model is compiled, but {reason}.'),
  indexOutOfRange: error('CCN2016', '`{name}` has {count} elements, so there is none numbered {index}.'),
  listLength: error('CCN2017', '`{name}` holds {found} values, but {expected} are needed, one for each element.'),
  noElements: error('CCN2018', '`{name}` must have at least one element, but has {found}.'),
  expectedNumber: error('CCN2019', 'A {expected} is needed here, but this is {found}.'),
} satisfies Record<string, DiagnosticKind>

export type DiagnosticName = keyof typeof codes
export { error, remark, warning }
