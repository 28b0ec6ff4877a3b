public class Main {
    static class Text {
        void text() {
        }
    }

    static class Number {
        void number() {
        }
    }

    static class Wide {
        void wide() {
        }
    }

    static void put(String s) {
        new Text().text();
    }

    static void put(int n) {
        new Number().number();
    }

    static void put(Object o) {
        new Wide().wide();
    }

    Text pick(String s) {
        return new Text();
    }

    Number pick(long n) {
        return new Number();
    }

    static class Animal {
    }

    static class Dog extends Animal {
    }

    static Text kind(Animal animal) {
        return new Text();
    }

    static Number kind(Dog dog) {
        return new Number();
    }

    public static void main(String[] args) {
        Main main = new Main();
        main.pick("a").text();
        main.pick(3).number();
        Animal animal = new Dog();
        kind(animal).text();
        kind(new Dog()).number();
        put(args);
    }
}
