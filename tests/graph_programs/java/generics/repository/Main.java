import java.util.ArrayList;
import java.util.List;

public class Main {
    interface Entity {
        int id();
    }

    static class User implements Entity {
        public int id() {
            return 1;
        }

        void greet() {
        }
    }

    static class Repository<T extends Entity> {
        private final List<T> items = new ArrayList<>();

        void save(T item) {
            item.id();
            items.add(item);
        }

        T find(int id) {
            for (T item : items) {
                if (item.id() == id) {
                    return item;
                }
            }
            return null;
        }
    }

    public static void main(String[] args) {
        Repository<User> users = new Repository<>();
        users.save(new User());
        users.find(1).greet();
    }
}
