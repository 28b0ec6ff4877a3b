import java.util.List;
import java.util.Map;
import java.util.Optional;

public class Main {
    static class Order {
        double total() {
            return 1;
        }

        Customer customer() {
            return new Customer();
        }
    }

    static class Customer {
        String mail() {
            return "m";
        }
    }

    void report(List<Order> orders) {
        orders.forEach(order -> order.total());
        orders.get(0).total();
    }

    void mails(Map<String, Customer> customers) {
        for (Map.Entry<String, Customer> entry : customers.entrySet()) {
            entry.getValue().mail();
        }
        for (Customer customer : customers.values()) {
            customer.mail();
        }
    }

    String first(Optional<Order> order) {
        return order.map(one -> one.customer()).map(Customer::mail).orElse("");
    }
}
