/**
 * The language-service plugin `tsbpf/editor`: takes away what TypeScript alone says wrongly about programs, and adds what
 * the compiler says about them.
 *
 * Nothing that goes wrong in here is an error of the editor: it is written to the server's log, and the editor gets what
 * it would have had without the plugin.
 */
import { withoutMisreported } from '../compiler/open/misreported.js';
import { ts } from '../compiler/typescript.js';
import { CompilerThread, type Log } from './compiler-thread.js';
import type { Finding } from './messages.js';
import { Project } from './project.js';
import { readSettings } from './settings.js';
import { setTypeScript } from './typescript.js';

/** Of TypeScript 5.6 and later, for the part of a file that is in sight; not in its declarations. */
interface RegionCheck {
  getRegionSemanticDiagnostics?(
    file: string,
    ranges: unknown,
  ): { readonly diagnostics: readonly ts.Diagnostic[] } | undefined;
}

/** One for the process, which serves all projects. */
let thread: CompilerThread | undefined;

export default function init({ typescript }: { readonly typescript: typeof ts }): ts.server.PluginModule {
  setTypeScript(typescript);
  return { create };
}

function create(info: ts.server.PluginCreateInfo): ts.LanguageService {
  const log: Log = (message) => info.project.projectService.logger.info(`tsbpf/editor: ${message}`);
  const service = info.languageService as ts.LanguageService & RegionCheck;
  thread ??= new CompilerThread(log);
  const project = new Project(info, thread, readSettings(info.config, log));

  const attempt = <T>(action: () => T, otherwise: T): T => {
    try {
      return action();
    } catch (error) {
      if (error instanceof ts.OperationCanceledException) throw error;
      log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return otherwise;
    }
  };
  const correct = <T extends ts.Diagnostic>(file: string, diagnostics: T[]): T[] =>
    attempt(() => {
      const program = service.getProgram();
      const source = program?.getSourceFile(file);
      return program && source ? withoutMisreported(diagnostics, source, program.getTypeChecker()) : diagnostics;
    }, diagnostics);

  const own: Partial<ts.LanguageService> & RegionCheck = {
    getSemanticDiagnostics(file) {
      // The compiler works while TypeScript does.
      attempt(() => project.begin(file), undefined);
      const diagnostics = correct(file, service.getSemanticDiagnostics(file));
      return attempt(() => {
        const source = service.getProgram()?.getSourceFile(file);
        return source
          ? [...diagnostics, ...project.findings(file).map((each) => toDiagnostic(each, source))]
          : diagnostics;
      }, diagnostics);
    },
    getSuggestionDiagnostics: (file) => correct(file, service.getSuggestionDiagnostics(file)),
    getCodeFixesAtPosition(file, start, end, codes, ...rest) {
      // TypeScript has fixes for errors of its own that have the same numbers.
      const ours = attempt(() => project.findings(file).filter((finding) => finding.start === start), []);
      const theirs = codes.filter((code) => !ours.some((finding) => finding.code === code));
      return service.getCodeFixesAtPosition(file, start, end, theirs, ...rest);
    },
  };
  if (service.getRegionSemanticDiagnostics) {
    own.getRegionSemanticDiagnostics = (file, ranges) => {
      const result = service.getRegionSemanticDiagnostics!(file, ranges);
      return result && { ...result, diagnostics: correct(file, [...result.diagnostics]) };
    };
  }
  return { ...bind(service), ...own };
}

/** The service's methods; those of its class too, where another plugin made one. */
function bind(service: ts.LanguageService): ts.LanguageService {
  const methods: Record<string, unknown> = {};
  for (const name in service) {
    const member = service[name as keyof ts.LanguageService] as unknown;
    methods[name] = typeof member === 'function' ? member.bind(service) : member;
  }
  return methods as unknown as ts.LanguageService;
}

function toDiagnostic({ start, length, code, category, message, hint }: Finding, file: ts.SourceFile): ts.Diagnostic {
  const names = { error: 'Error', warning: 'Warning', suggestion: 'Suggestion', message: 'Message' } as const;
  return {
    file,
    start: Math.min(start, file.text.length),
    length: Math.max(0, Math.min(length, file.text.length - start)),
    code,
    category: ts.DiagnosticCategory[names[category]],
    messageText: hint ? `${message}\nhint: ${hint}` : message,
    source: 'tsbpf',
  };
}
