export interface Kernel {
  readonly image: string;
  readonly initramfs: string;
  readonly release: string;
}

export declare const kernels: readonly string[];
export declare function cacheFolder(): string;
export declare function kernel(version: string, log?: (line: string) => void): Kernel;
