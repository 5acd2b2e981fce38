import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.subjects.ReplaySubject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The official Java client under the script. Values pass as JSON, untouched. */
public class Driver {
    static final PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    static final Gson gson = new GsonBuilder().serializeNulls().create();

    public static void main(String[] args) throws Exception {
        Map<String, Client> clients = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = input.readLine()) != null;) {
            JsonObject command = JsonParser.parseString(line).getAsJsonObject();
            Client client = clients.computeIfAbsent(command.get("client").getAsString(), name -> new Client());
            threads.submit(() -> answer(client, command));
        }
        System.exit(0);
    }

    static void answer(Client client, JsonObject command) {
        JsonObject answer = new JsonObject();
        answer.add("id", command.get("id"));
        try {
            answer.add("result", client.carryOut(command));
        } catch (Throwable error) {
            answer.addProperty("error", error.toString());
        }
        output.println(gson.toJson(answer));
    }
}

class Client {
    static final Gson gson = new Gson();
    HubConnection connection;
    final ReplaySubject<JsonElement> pushes = ReplaySubject.create();
    final ReplaySubject<JsonElement> closed = ReplaySubject.create();

    JsonElement carryOut(JsonObject command) {
        switch (command.get("do").getAsString()) {
            case "start":
                return start(command);
            case "invoke":
                return connection.invoke(JsonElement.class, target(command), arguments(command)).blockingGet();
            case "send":
                connection.send(target(command), arguments(command));
                return JsonNull.INSTANCE;
            case "stream":
                Observable<JsonElement> items = connection.stream(JsonElement.class, target(command), arguments(command));
                return list(command.has("take") ? items.take(command.get("take").getAsLong()) : items);
            case "upload":
                Observable<JsonElement> sent = Observable.fromIterable(command.getAsJsonArray("items"));
                return connection.invoke(JsonElement.class, target(command), sent).blockingGet();
            case "pushes":
                return list(pushes.take(command.get("count").getAsLong()));
            case "closed":
                return closed.blockingFirst();
            default:
                connection.stop().blockingAwait();
                return JsonNull.INSTANCE;
        }
    }

    JsonElement start(JsonObject options) {
        var builder = HubConnectionBuilder.create(options.get("url").getAsString())
            .withTransport(options.get("transport").getAsString().equals("WebSockets")
                ? TransportEnum.WEBSOCKETS : TransportEnum.LONG_POLLING)
            .shouldSkipNegotiate(options.has("skipNegotiation"))
            .withKeepAliveInterval(options.get("keepAliveMs").getAsLong())
            .withServerTimeout(options.get("serverTimeoutMs").getAsLong());
        if (options.has("token")) {
            builder.withAccessTokenProvider(Single.just(options.get("token").getAsString()));
        }
        connection = builder.build();
        connection.on("pushed", (n, text) -> {
            JsonArray arguments = new JsonArray();
            arguments.add(n);
            arguments.add(text);
            pushes.onNext(arguments);
        }, JsonElement.class, JsonElement.class);
        connection.onWithResult("ask", question -> question.equals("fail")
            ? Single.error(new RuntimeException("no answer"))
            : Single.just(question + "?"), String.class);
        connection.onClosed(error -> closed.onNext(
            error == null ? JsonNull.INSTANCE : new JsonPrimitive(String.valueOf(error.getMessage()))));
        connection.start().blockingAwait();
        String id = connection.getConnectionId();
        return id == null ? JsonNull.INSTANCE : new JsonPrimitive(id);
    }

    static String target(JsonObject command) {
        return command.get("target").getAsString();
    }

    static Object[] arguments(JsonObject command) {
        return gson.fromJson(command.get("args"), JsonElement[].class);
    }

    static JsonArray list(Observable<JsonElement> items) {
        return items.collect(JsonArray::new, JsonArray::add).blockingGet();
    }
}
