export class Model {
  save(): void {}
}
