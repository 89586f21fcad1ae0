import { Yaml } from 'cdk8s';

/** Why a text would not be read as it stands in the program. */
export interface TextFault {
  /** What becomes of it, behind its name. */
  readonly message: string;
  readonly expected: string;
  readonly fix: string;
}

/** Control characters, halves of surrogate pairs, and what YAML 1.1 takes for the end of a line or for no character at all. */
const UNREADABLE = /[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u;
const UNREADABLE_IN_LINES = /[^\P{Cc}\t\n]|[\p{Cs}\u2028\u2029\ufffe\uffff]/u;

/**
 * Nothing here can quote a text: cdk8s writes a manifest as YAML 1.1, and quotes what that version takes for something else than a text.
 * Kubernetes reads more as numbers (sigs.k8s.io/yaml 1.6, go.yaml.in/yaml v2 resolve), and takes a tab before a block for its indentation.
 */
export function textFault(text: string, mayHaveLines: boolean): TextFault | undefined {
  if ((mayHaveLines ? UNREADABLE_IN_LINES : UNREADABLE).test(text)) {
    return {
      message: 'holds a control character, half of a character or an end of a line that not everybody reads', expected: mayHaveLines ? 'text; of control characters, tabs and ends of lines ("\\n")' : 'text without control characters',
      fix: 'drop the character',
    };
  }
  if (isNumber(text) && writtenAs(text) === `${text}\n`) {
    return { message: 'is written without quotes, and Kubernetes reads it as a number', expected: 'a text that is no number to YAML\'s readers, as "0o7", "0B1" and "1e_3" are', fix: 'write it otherwise' };
  }
  if (/^\n*\t/.test(text) && /^[|>]/.test(writtenAs(text))) {
    return { message: 'begins its lines with a tab, which readers of YAML take for indentation', expected: 'lines of which the first begins with another character', fix: 'begin it otherwise' };
  }
  return undefined;
}

/** Also what is a key of a map: "<<" merges another map into it. */
export function keyFault(key: string): TextFault | undefined {
  return key === '<<' ? { message: 'is read as a merge of another map', expected: 'any other key', fix: 'rename it' } : textFault(key, false);
}

const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const BINARY = /^0b[-+]?[01]+$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function isNumber(text: string): boolean {
  if (!/^[-+0-9]/.test(text)) return false;
  const digits = text.replace(/_/g, '');
  return INTEGER.test(digits) || BINARY.test(digits) || FLOAT.test(digits);
}

function writtenAs(text: string): string {
  return Yaml.stringify(text);
}
