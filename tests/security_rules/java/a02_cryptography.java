import java.security.*;
import java.util.Random;
import javax.crypto.*;
import javax.crypto.spec.*;

class Cryptography {
    void digests() throws Exception {
        // ruleid: java-weak-hash
        MessageDigest.getInstance("MD5");
        // ruleid: java-weak-hash
        MessageDigest.getInstance("SHA-1");
        // ok: java-weak-hash
        MessageDigest.getInstance("SHA-256");
        // ok: java-weak-hash
        Registry.getInstance("MD5");
        // ruleid: java-weak-cipher
        Cipher.getInstance("DES/CBC/PKCS5Padding");
        // ruleid: java-weak-cipher
        Cipher.getInstance("AES/ECB/PKCS5Padding");
        // ruleid: java-weak-cipher
        Cipher.getInstance("AES");
        // ok: java-weak-cipher
        Cipher.getInstance("AES/GCM/NoPadding");
        // ok: java-weak-cipher
        Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
        // ok: java-weak-cipher
        KeyGenerator.getInstance("AES");
    }

    void vectors(SecureRandom random, byte[] given) {
        // ruleid: java-static-iv
        new IvParameterSpec("0123456789abcdef".getBytes());
        byte[] zero = new byte[12];
        // ruleid: java-static-iv
        new GCMParameterSpec(128, zero);
        byte[] fresh = new byte[12];
        random.nextBytes(fresh);
        // ok: java-static-iv
        new GCMParameterSpec(128, fresh);
        // ok: java-static-iv
        new IvParameterSpec(given);
    }

    void connections(HttpsURLConnection connection) throws Exception {
        // ruleid: java-tls-verify-off
        connection.setHostnameVerifier((host, session) -> true);
        // ruleid: java-tls-verify-off
        builder.setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE);
        // ok: java-tls-verify-off
        connection.setHostnameVerifier(verifier);
        // ok: java-tls-verify-off
        connection.connect();
        // ruleid: java-old-tls
        SSLContext.getInstance("SSLv3");
        // ruleid: java-old-tls
        socket.setEnabledProtocols(new String[] {"TLSv1", "TLSv1.2"});
        // ok: java-old-tls
        SSLContext.getInstance("TLSv1.3");
        // ok: java-old-tls
        SSLContext.getInstance("TLS");
    }

    void draws() {
        // ruleid: java-weak-random
        String token = Long.toHexString(new Random().nextLong());
        // ruleid: java-weak-random
        double password = Math.random();
        // ok: java-weak-random
        int delay = new Random().nextInt(10);
        // ok: java-weak-random
        long sessionId = new SecureRandom().nextLong();
    }

    String newToken() {
        // ruleid: java-weak-random
        return Long.toHexString(new Random().nextLong());
    }

    void keys() throws Exception {
        // ruleid: java-hard-coded-key
        String apiKey = "9f8a7b6c5d4e3f2a1b0c";
        // ruleid: java-hard-coded-key
        new SecretKeySpec("swordfishswordfi".getBytes(), "AES");
        // ok: java-hard-coded-key
        String password = System.getenv("PASSWORD");
        // ok: java-hard-coded-key
        String authToken = "X-Auth-Token";
        KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
        // ruleid: java-short-key
        small.initialize(1024);
        KeyPairGenerator tiny = KeyPairGenerator.getInstance("RSA");
        // ruleid: java-short-key
        tiny.initialize(512);
        KeyPairGenerator good = KeyPairGenerator.getInstance("RSA");
        // ok: java-short-key
        good.initialize(3072);
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        // ok: java-short-key
        curve.initialize(256);
    }
}
