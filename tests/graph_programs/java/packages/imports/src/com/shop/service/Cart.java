package com.shop.service;

import com.shop.model.Item;

public class Cart {
    public void add(Item item) {
        item.kind().label();
        Prices.of(item);
    }
}
