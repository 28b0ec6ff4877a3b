public class Main {
    static class Pizza {
        private final String size;

        private Pizza(Builder builder) {
            this.size = builder.size;
        }

        String describe() {
            return size;
        }

        static Builder builder() {
            return new Builder();
        }

        static class Builder {
            private String size;

            Builder size(String size) {
                this.size = size;
                return this;
            }

            Builder cheese() {
                return this;
            }

            Pizza build() {
                return new Pizza(this);
            }
        }
    }

    public static void main(String[] args) {
        Pizza pizza = Pizza.builder().size("big").cheese().build();
        pizza.describe();
    }
}
