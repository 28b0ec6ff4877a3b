package app;

import lib.Printer;

public class Use {
    public static void main(String[] args) {
        Printer printer = new Printer();
        printer.print("a").turn();
        printer.print(3).keep();
    }
}
