class Temperature {
  private value = 0;

  get celsius(): number {
    return this.read();
  }
  set celsius(next: number) {
    this.write(next);
  }
  private read(): number {
    return this.value;
  }
  private write(next: number): void {
    this.value = next;
  }
}

const temperature = new Temperature();
temperature.celsius = 3;
const shown: number = temperature.celsius;
