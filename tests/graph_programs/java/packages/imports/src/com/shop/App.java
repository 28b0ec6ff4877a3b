package com.shop;

import com.shop.model.Item;
import com.shop.service.*;

public class App {
    public static void main(String[] args) {
        Item item = new Item("a");
        Cart cart = new Cart();
        cart.add(item);
        Prices.of(item);
        com.shop.model.Kind.parse("x").label();
    }
}
