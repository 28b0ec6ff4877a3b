export interface Handle {
  close(): void;
}
export declare function connect(): Handle;
