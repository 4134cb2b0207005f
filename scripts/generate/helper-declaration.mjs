/** The TypeScript declaration of a helper: `bpf_get_current_comm(void *, u32)` as `getCurrentComm(): CharArray<16>`. */

/** `get_current_comm` as `getCurrentComm`. */
export const camelName = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

const WIDE = new Set(['u64', 's64', 'long', '__u64']);

const CONTEXTS = { 'struct sk_buff *': 'SkBuff', 'struct xdp_buff *': 'XdpContext', 'struct pt_regs *': 'PtRegs' };

/** Words that the programmer does not write: lengths, and what is returned or passed by the compiler. */
const HIDDEN = /^(size|callbackContext|(out|chars|bytes)\d*\??|valueOut)$/;

function parameterType({ name, cType, word }, helper) {
  const kind = word.replace(/\d*\??$/, '');
  switch (kind) {
    case 'context':
      return name === 'skb' ? 'SkBuff' : (CONTEXTS[cType] ?? 'object');
    case 'scalar':
    case 'flags':
      return WIDE.has(cType) ? 'Wide' : 'number';
    case 'pointer':
      return 'Wide';
    case 'in':
      return 'Memory';
    case 'key':
    case 'value':
      return 'unknown';
    case 'string':
      return 'string';
    case 'callback':
      return helper.callback;
    default:
      return 'object';
  }
}

function parameterList(helper) {
  const shown = helper.parameters.filter(({ word }) => !HIDDEN.test(word));
  let omittable = true;
  return shown
    .reverse()
    .map((parameter) => {
      if (parameter.word === 'varargs') return `...${parameter.name}: Wide[]`;
      omittable &&= parameter.word === 'flags';
      const type = parameterType(parameter, helper) + (parameter.word.endsWith('?') ? ' | undefined' : '');
      return `${camelName(parameter.name)}${omittable ? '?' : ''}: ${type}`;
    })
    .reverse()
    .join(', ');
}

function filledIn({ word, cType }) {
  const [, kind, length] = /^(out|chars|bytes|valueOut)(\d*)\??$/.exec(word);
  if (kind === 'out' && length)
    return { generics: '', type: cType.startsWith('unsigned') || cType.startsWith('u64') ? 'u64' : 'i64' };
  if (kind === 'out') return { generics: '<T>', type: 'T' };
  if (kind === 'valueOut') return { generics: '<V>', type: 'V' };
  const array = kind === 'chars' ? 'CharArray' : 'Bytes';
  return length
    ? { generics: '', type: `${array}<${length}>` }
    : { generics: '<N extends number>', type: `${array}<N>` };
}

function result(helper) {
  const output = helper.parameters.find(({ word }) => /^(out|chars|bytes|valueOut)/.test(word));
  if (output) return filledIn(output);
  if (helper.returns === 'pointer') return { generics: '', type: 'u64' };
  if (helper.result === 'void *' && helper.parameters[0]?.word === 'map')
    return { generics: '<V>', type: 'V | undefined' };
  if (helper.result.endsWith('*') || helper.result === 'u64') return { generics: '', type: 'u64' };
  if (helper.result === 's64') return { generics: '', type: 'i64' };
  return { generics: '', type: helper.result === 'void' ? 'void' : 'number' };
}

/** The line of documentation and the signature, as text of an interface member. */
export function declaration(helper) {
  const { generics, type } = result(helper);
  const license = helper.license ? `, ${helper.license}` : '';
  return `  /** ${helper.summary} Since ${helper.firstKernel}${license}. */
  ${camelName(helper.name)}${generics}(${parameterList(helper)}): ${type};`;
}
