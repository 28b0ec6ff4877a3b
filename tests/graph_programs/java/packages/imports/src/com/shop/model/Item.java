package com.shop.model;

public class Item {
    private final Kind kind;

    public Item(String name) {
        kind = Kind.parse(name);
    }

    public Kind kind() {
        return kind;
    }
}
