/** What stays of IR in a golden file. */
import { expect, it } from 'vitest';
import { normalise } from './normalise.js';

it('keeps code and drops what describes it', () => {
  const ir = [
    'source_filename = "a.ts"',
    'target triple = "bpfel"',
    '',
    '@x = global i32 5, section ".data", align 4, !dbg !0',
    '',
    '',
    '',
    'define i32 @f(ptr %ctx) section "xdp" !dbg !5 {',
    'entry:',
    '  call void @llvm.dbg.value(metadata i32 1, metadata !9, metadata !DIExpression()), !dbg !10',
    '    #dbg_value(i32 1, !9, !DIExpression(), !10)',
    '  %a = load i32, ptr @x, align 4, !dbg !11',
    '  br label %loop, !dbg !12, !llvm.loop !13',
    '}',
    '!0 = !{}',
  ].join('\n');
  expect(normalise(ir)).toBe(
    [
      'target triple = "bpfel"',
      '',
      '@x = global i32 5, section ".data", align 4',
      '',
      'define i32 @f(ptr %ctx) section "xdp" {',
      'entry:',
      '  %a = load i32, ptr @x, align 4',
      '  br label %loop, !llvm.loop !13',
      '}',
      '',
    ].join('\n'),
  );
});
