class Integrity {
    Object load(InputStream stream) throws Exception {
        ObjectInputStream in = new ObjectInputStream(stream);
        // ruleid: java-unsafe-load
        return in.readObject();
    }

    void more(String text, ObjectMapper mapper) {
        // ruleid: java-unsafe-load
        new Yaml().load(text);
        // ruleid: java-unsafe-load
        mapper.enableDefaultTyping();
        // ok: java-unsafe-load
        mapper.readValue(text, Thing.class);
        // ok: java-unsafe-load
        new Yaml(new SafeConstructor()).load(text);
    }

    void unpack(ZipInputStream zip, File target) throws IOException {
        ZipEntry entry = zip.getNextEntry();
        // ruleid: java-zip-slip
        new FileOutputStream(new File(target, entry.getName()));
        // ruleid: java-zip-slip
        Files.copy(zip, target.toPath().resolve(entry.getName()));
        Path place = target.toPath().resolve(entry.getName()).normalize();
        if (!place.startsWith(target.toPath())) {
            throw new IOException("outside");
        }
        // ok: java-zip-slip
        Files.copy(zip, place);
        // ok: java-zip-slip
        Files.copy(zip, target.toPath().resolve("fixed"));
    }
}
