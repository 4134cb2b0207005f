export declare const ethernetExpressions: readonly string[];
