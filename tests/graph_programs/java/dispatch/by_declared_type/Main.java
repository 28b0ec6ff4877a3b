public class Main {
    interface Animal {
        void speak();
    }

    static class Dog implements Animal {
        public void speak() {
        }
    }

    static class Cat implements Animal {
        public void speak() {
        }
    }

    static class Puppy extends Dog {
        @Override
        public void speak() {
        }
    }

    static class Rock {
        public void speak() {
        }
    }

    private final Dog pet;

    Main(Dog pet) {
        this.pet = pet;
    }

    void hear(Animal animal) {
        animal.speak();
    }

    void mine() {
        pet.speak();
    }
}
