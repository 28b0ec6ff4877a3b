import java.util.*;
import java.util.function.*;
import java.util.stream.*;

public class Main {
    static class It { int n; It(int n) { this.n = n; reg(); } void reg() {} void a() {} }
    static class Nm { Nm(String s) { } void b() {} }
    static class Box { Box() { } void c() {} }
    static class Plain { void d() {} }
    static void one() {
        for (It i : Stream.of(1).map(It::new).toList()) i.a();
    }
    static void two() {
        IntStream.range(0, 3).mapToObj(It::new).forEach(It::a);
    }
    static void three(List<String> names) {
        Nm[] all = names.stream().map(Nm::new).toArray(Nm[]::new);
        all[0].b();
    }
    static void four(Map<String, Nm> m) {
        m.computeIfAbsent("k", Nm::new).b();
    }
    static void five() {
        Supplier<Box> s = Box::new;
        s.get().c();
        List<Box> bs = Stream.generate(Box::new).limit(3).collect(Collectors.toList());
        bs.get(0).c();
    }
    static void six() {
        List<Plain> ps = Stream.of("a").map(x -> new Plain()).collect(Collectors.toCollection(ArrayList::new));
        ps.get(0).d();
    }
    static void seven() {
        Function<Integer, It> f = It::new;
        f.apply(1).a();
        Optional.of("x").map(Nm::new).get().b();
    }
    static void eight() {
        Optional<Nm> none = Optional.empty();
        none.orElseGet(() -> new Nm("")).b();
        Optional<Box> none2 = Optional.empty();
        none2.orElseGet(Box::new).c();
    }
    public static void main(String[] args) {
        one(); two(); three(List.of("a")); four(new HashMap<>()); five(); six(); seven(); eight();
    }
}
