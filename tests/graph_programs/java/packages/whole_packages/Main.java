import java.io.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.stream.*;

public class Main {
    static class Timer {
        void tick() {
        }
    }

    static void read(File file) {
        file.length();
        throw new IllegalStateException("closed");
    }

    static void count(List<String> words) {
        Function<String, Integer> size = String::length;
        words.stream().map(size).collect(Collectors.toSet());
    }

    public static void main(String[] args) {
        ArrayList<String> words = new ArrayList<>();
        words.add("a");
        count(words);
        new Timer().tick();
        Executors.newCachedThreadPool();
        read(new File("x"));
        Math.abs(1);
    }
}
