import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

public class Main {
    static class User {
        boolean active() {
            return true;
        }

        Account account() {
            return new Account();
        }
    }

    static class Account {
        void close() {
        }
    }

    public static void main(String[] args) {
        List<User> users = new ArrayList<>();
        users.add(new User());
        users.stream().filter(user -> user.active()).map(user -> user.account()).forEach(account -> account.close());
        List<Account> accounts = users.stream().map(User::account).collect(Collectors.toList());
        for (Account account : accounts) {
            account.close();
        }
    }
}
