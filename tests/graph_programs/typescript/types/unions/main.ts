class Cat {
  meow(): void {}
  eat(): void {}
}
class Dog {
  bark(): void {}
  eat(): void {}
}
type Pet = Cat | Dog;

export function feed(pet: Pet | null): void {
  pet?.eat();
}
export function greet(pet: Cat | Dog): void {
  if (pet instanceof Cat) {
    (pet as Cat).meow();
  }
}
