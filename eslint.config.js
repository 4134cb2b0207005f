import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '.cache/**',
      'dist/**',
      'node_modules/**',
      'examples/**',
      'test/**/programs/**',
      'test/**/fixtures/**',
      'bench/programs/**',
      'bench/pairs/*.ts',
      '**/*.generated.ts',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-fallthrough': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
  {
    // Foreign functions are called in one folder, so that what can crash the process is found in one place.
    files: ['compiler/**/*.ts', 'runtime/**/*.ts', 'cli/**/*.ts'],
    ignores: ['runtime/native/**', 'compiler/backend/libllvm.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'koffi', message: 'Only runtime/native and compiler/backend/libllvm.ts call foreign functions.' },
          ],
        },
      ],
    },
  },
);
