import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

/** Downloads and uploads with the JDK's own client in its default settings; a line for each: what, status, digest. */
public class Bodies {
  static HttpClient client;
  static String credentials;

  public static void main(String[] args) throws Exception {
    credentials = "Basic " + Base64.getEncoder().encodeToString((args[0] + ":" + args[1]).getBytes());
    String download = args[2];
    String upload = args[3];
    Path folder = Path.of(args[4]);
    for (int way = 5; way < args.length; way += 1) {
      client = HttpClient.newHttpClient();
      for (int size : new int[] {0, 1, 65_537, 3_000_001}) {
        String at = args[way] + download + "?bytes=" + size;
        say("GET " + size, send(HttpRequest.newBuilder(URI.create(at)).GET()));
        say("GET chunked " + size, send(HttpRequest.newBuilder(URI.create(at + "&chunked")).GET()));
        byte[] body = Files.readAllBytes(folder.resolve("body-" + size));
        URI to = URI.create(args[way] + upload);
        say("POST " + size, send(HttpRequest.newBuilder(to).POST(BodyPublishers.ofByteArray(body))));
        var stream = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
        say("POST chunked " + size, send(HttpRequest.newBuilder(to).POST(stream)));
        say("POST expecting " + size, send(HttpRequest.newBuilder(to).POST(BodyPublishers.ofByteArray(body)).expectContinue(true)));
      }
      System.out.println("--");
    }
  }

  static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.header("Authorization", credentials).build(), BodyHandlers.ofByteArray());
  }

  static void say(String what, HttpResponse<byte[]> answer) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(answer.body());
    System.out.println(what + ": " + answer.statusCode() + " " + HexFormat.of().formatHex(digest));
  }
}
