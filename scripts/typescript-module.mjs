// TypeScript's own file as a module whose parts a bundler can leave out: what `build` never uses is half of it.

/** In front of TypeScript's code in its file, and behind it. */
const head = /^[^]*?\nvar ts = \{\}; \(\(module\) => \{\n"use strict";\n/;
const tail = /\n\/\/ Annotate the CommonJS export names for ESM import in node:\n[^]*$/;

/** Functions that only give a value, but for those that fill the lists of fixes and refactorings that an editor offers. */
export const withoutEffect = [
  ...['registerCodeFix', 'registerRefactor', 'getLocaleSpecificMessage', 'getOwnValues', 'mapDefined', 'memoize'],
  ...['createMultiMap', 'syntacticResult', 'arrayToNumericMap', 'or', 'and', 'createScanner', 'createSortedArray2'],
  ...['getDefaultFormatCodeSettings', 'prepareConvertersForEnumLikeCompilerOptions', 'createBracketsMap'],
];

/**
 * @param {string} source `typescript.js` as @ts-morph/common has it.
 * @returns {string} an ECMAScript module that exports the same names.
 * @throws {Error} where the file is built otherwise than is known here.
 */
export function asModule(source) {
  if (!head.test(source) || !tail.test(source)) throw new Error('typescript.js does not begin or end as expected');
  const body = source.replace(head, '').replace(tail, '\n');
  const exported =
    /\nvar typescript_exports = \{\};\n__export\(typescript_exports, \{\n([^]*?)\n\}\);\nmodule\.exports = .*\n/;
  const names = exported.exec(body);
  if (!names) throw new Error('typescript.js does not export as expected');
  const list = names[1].replace(/(\w+): \(\) => (\w+)(,?)/g, '$2 as $1$3');
  // A namespace that nobody asks for is dropped only where making it is one expression.
  return `${body
    // Two functions of the namespace, by their own names, so that all else in it can go.
    .replace(/\bts_JsDoc_exports\.(getJsDocTagsFromDeclarations|getJsDocCommentsFromDeclarations)\b/g, '$1')
    .replace(exported, '\n')
    .replace(
      /\nvar (\w+) = \{\};\n__export\(\1, \{\n([^]*?)\n\}\);/g,
      '\nvar $1 = /* @__PURE__ */ __namespace({\n$2\n});',
    )
    .replace(
      /\nvar (_\w+) = class \1 ([^]*?)\nvar (\w+) = \1;/g,
      '\nvar $3 = /* @__PURE__ */ (() => {\nvar $1 = class $1 $2\nreturn $1;\n})();',
    )
    .replace(
      /\nvar (\w+);\n\(\((\w+)\) => \{\n([^]*?)\n\}\)\(\1 \|\| \(\1 = \{\}\)\);/g,
      '\nvar $1 = /* @__PURE__ */ (($2) => {\n$3\nreturn $2;\n})({});',
    )}
function __namespace(all) {
  const target = {};
  __export(target, all);
  return target;
}
export {\n${list}\n};
`;
}

/**
 * The names of `ts` that compiled modules use: `ts.NAME`, and those in `const { NAME } = ts`. Comments name types besides,
 * which the module does not export.
 *
 * @param {readonly string[]} sources
 * @param {string} module as `asModule` made it.
 * @returns {string[]}
 */
export function namesUsed(sources, module) {
  const exported = new Set(module.slice(module.lastIndexOf('\nexport {')).match(/\w+(?=,?\n)/g));
  const names = new Set();
  for (const source of sources) {
    for (const [, name] of source.matchAll(/(?<![\w$.])ts\.([A-Za-z_]\w*)/g)) names.add(name);
    for (const [, list] of source.matchAll(/const \{([^{}]*)\} = ts;/g))
      for (const name of list.split(',')) names.add(name.trim().split(':')[0]);
  }
  return [...names].filter((name) => exported.has(name)).sort();
}
