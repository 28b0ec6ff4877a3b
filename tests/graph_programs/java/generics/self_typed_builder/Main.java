public class Main {
    abstract static class Builder<T extends Builder<T>> {
        abstract T self();

        T name(String name) {
            check(name);
            return self();
        }

        void check(String name) {
        }
    }

    static class CarBuilder extends Builder<CarBuilder> {
        @Override
        CarBuilder self() {
            return this;
        }

        CarBuilder doors(int n) {
            return this;
        }

        Car build() {
            return new Car();
        }
    }

    static class Car {
        Car() {
        }

        void drive() {
        }
    }

    public static void main(String[] args) {
        new CarBuilder().name("a").doors(4).build().drive();
    }
}
