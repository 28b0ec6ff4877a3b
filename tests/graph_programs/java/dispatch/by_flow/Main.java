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

    static class Fish implements Animal {
        public void speak() {
        }
    }

    static void hear(Animal animal) {
        animal.speak();
    }

    public static void main(String[] args) {
        hear(new Dog());
        Animal other = new Cat();
        hear(other);
        other = new Dog();
        other.speak();
    }
}
