const run = (): void => {};
export { run as default };
