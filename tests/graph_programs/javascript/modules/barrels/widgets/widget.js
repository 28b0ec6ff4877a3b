export class Widget {
  constructor() {}
  draw() {}
}
