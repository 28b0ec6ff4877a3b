import java.util.*;
public class Main {
    static abstract class Store<T> {
        Map<Integer, T> rows = new HashMap<>();
        abstract int idOf(T t);
        void save(T t) { rows.put(idOf(t), t); }
        T find(int i) { return rows.get(i); }
        List<T> all() { return new ArrayList<>(rows.values()); }
    }
    static class User { int n; User(int n) { this.n = n; } int number() { return n; } void greet() {} void wave() {} }
    static class Users extends Store<User> {
        int idOf(User u) { return u.number(); }
    }
    public static void main(String[] args) {
        Users r = new Users();
        r.save(new User(5));
        r.find(5).greet();
        r.all().forEach(User::wave);
    }
}
