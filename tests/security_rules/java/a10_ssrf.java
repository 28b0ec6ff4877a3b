class Fetching {
    @GetMapping("/fetch")
    public String fetch(@RequestParam String url, @RequestParam("item") String item) {
        // ruleid: java-ssrf
        restTemplate.getForObject(url, String.class);
        // ruleid: java-ssrf
        new URL("http://" + url + "/status").openStream();
        // ruleid: java-ssrf
        Jsoup.connect(url).get();
        // ok: java-ssrf
        restTemplate.getForObject("https://api.example.org/items/" + item, String.class);
        // ok: java-ssrf
        restTemplate.getForObject("https://api.example.org/items/{id}", String.class, item);
        // ok: java-ssrf
        return new URL(API + item).toString();
    }
}
