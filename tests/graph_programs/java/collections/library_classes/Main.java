import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;

public class Main {
    static class Account {
        void pay() {
        }
    }

    static Account find(Map<String, Account> accounts, String name) {
        return Optional.ofNullable(accounts.get(name)).orElseThrow(() -> new IllegalStateException(name));
    }

    static void views() {
        Arrays.asList(new Account()).get(0).pay();
        Collections.unmodifiableList(new ArrayList<Account>()).size();
        Stream.of(new Account()).map(one -> one).filter(one -> true).count();
        Optional.of(new Account()).map(one -> one).filter(one -> true).isPresent();
        Executors.newFixedThreadPool(2).shutdown();
    }

    public static void main(String[] args) {
        Map<String, Account> accounts = new HashMap<>();
        accounts.put("a", new Account());
        find(accounts, args[0]).pay();
        views();
    }
}
