public class Main {
    static class Owner {
        void notice() {
        }
    }

    record Account(Owner owner, int amount) {
        Account {
            check(amount);
        }

        static void check(int amount) {
        }

        Account plus(int more) {
            return new Account(owner, amount + more);
        }

        void tell() {
            owner.notice();
        }
    }

    record Pair(Owner first, Owner second) {
        void both() {
            first().notice();
            second.notice();
        }
    }

    public static void main(String[] args) {
        Account account = new Account(new Owner(), 1);
        account.plus(2).tell();
        account.owner().notice();
        new Pair(new Owner(), new Owner()).both();
    }
}
