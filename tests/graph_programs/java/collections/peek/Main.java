import java.util.*;
import java.util.stream.*;

public class Main {
    static class Tok { void x() {} void y() {} void z() {} void s() {} void st() {} }
    static class Holder {
        private final Queue<Tok> waiting = new LinkedList<>();
        Tok head() { return waiting.peek(); }
    }
    public static void main(String[] args) {
        Deque<Tok> q = new ArrayDeque<>();
        q.add(new Tok());
        q.peek().x();
        Stack<Tok> s = new Stack<>();
        s.push(new Tok());
        Tok top = s.peek();
        top.y();
        PriorityQueue<Tok> p = new PriorityQueue<>();
        p.offer(new Tok());
        p.peek().z();
        Holder h = new Holder();
        h.waiting.add(new Tok());
        h.head().s();
        Stream.of(new Tok()).map(t -> t).peek(t -> t.st()).forEach(t -> t.x());
        var v = new ArrayDeque<Tok>();
        v.push(new Tok());
        v.peek().st();
    }
}
