import java.util.*;

public class Main {
    static class Pet {
        void feed() {
        }

        void wash() {
        }

        void walk() {
        }

        void chip() {
        }
    }

    static void group(List<Pet> pets) {
        Map<String, List<Pet>> groups = new TreeMap<>();
        for (Pet pet : pets) {
            groups.computeIfAbsent("z", key -> new ArrayList<>()).add(pet);
        }
        groups.forEach((key, group) -> group.forEach(pet -> pet.feed()));
        groups.get("z").get(0).wash();
        for (Map.Entry<String, List<Pet>> entry : groups.entrySet()) {
            for (Pet pet : entry.getValue()) {
                pet.walk();
            }
        }
    }

    static void choose(Map<String, Runnable> tasks) {
        tasks.put("a", () -> new Pet().feed());
        tasks.getOrDefault("b", () -> new Pet().wash()).run();
        tasks.get("a").run();
    }

    static void join(Map<String, Pet> pets, String key) {
        pets.merge(key, new Pet(), (one, other) -> other);
        for (Pet pet : pets.values()) {
            pet.chip();
        }
    }

    public static void main(String[] args) {
        group(List.of(new Pet()));
        choose(new HashMap<>());
        join(new HashMap<>(), args[0]);
    }
}
