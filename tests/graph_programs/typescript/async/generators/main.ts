class Page {
  show(): void {}
}
async function* pages(): AsyncGenerator<Page> {
  yield new Page();
}
async function walk(): Promise<void> {
  for await (const page of pages()) {
    page.show();
  }
}
walk();
