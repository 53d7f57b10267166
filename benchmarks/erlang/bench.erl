%% The programs of benchmarks/src/actors in Erlang, message for message: `make bench-actors` compiles and runs this where erl is installed.
%%
%%   erl +S 1 -noshell -pa DIR -run bench main SIZES ROW=MS ...
%%
%% SIZES are the numbers of the record below, in its order, with commas. Prints one line of JSON for the machine, then one for each row.
-module(bench).
-behaviour(gen_server). % and supervisor: init/1 serves both
-export([main/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([start_child/1, idle/0]).

-record(sizes, {batch, senders, each, ring, spawned, idle, restarted}).

main([Sizes | Rows]) ->
    logger:set_primary_config(level, none), % the supervisor's reports of 100,000 crashes are not what is measured
    erlang:system_flag(scheduler_wall_time, true),
    List = [list_to_integer(N) || N <- string:split(Sizes, ",", all)],
    S = list_to_tuple([sizes | List]),
    print("{\"version\":\"OTP ~s, ERTS ~s, ~s\",\"schedulers\":~b}~n",
          [erlang:system_info(otp_release), erlang:system_info(version), erlang:system_info(emu_flavor),
           erlang:system_info(schedulers_online)]),
    lists:foreach(fun(Row) -> row(string:split(Row, "="), S) end, Rows),
    halt(0).

row([Id, Ms], S) ->
    Self = self(),
    %% Each row in a process of its own, so that the heap of the one before does not slow its collections down.
    spawn_opt(fun() -> measure(Id, list_to_integer(Ms), S), Self ! done end, [link]),
    receive done -> ok end.

measure("idle", _Ms, S) -> idle_row(S#sizes.idle);
measure("restart", Ms, S) ->
    Count = S#sizes.restarted,
    samples("restart", Ms, Count, restart_row(Count));
measure(Id, Ms, S) ->
    {Operations, Run} = prepare(Id, S),
    repeat(Run, erlang:monotonic_time(), Ms div 3), % warm
    samples(Id, Ms, Operations, Run).

%% ---- the rows: {operations of one run, the run} ----

prepare("ping-pong", #sizes{batch = Count}) ->
    Pong = spawn_link(fun pong/0),
    {Count, fun() -> ping(Pong, Count) end};
prepare("fan-in", #sizes{senders = Senders, each = Each}) ->
    Sink = self(),
    Pids = [spawn_link(fun() -> sender(Sink, Each) end) || _ <- lists:seq(1, Senders)],
    {Senders * Each, fun() ->
        lists:foreach(fun(Pid) -> Pid ! go end, Pids),
        sink(Senders * Each)
    end};
prepare("ring", #sizes{batch = Hops, ring = Size}) ->
    Driver = self(),
    Last = spawn_link(fun() -> receive {next, Next} -> member(Driver, Next) end end),
    First = lists:foldl(fun(_, Next) -> spawn_link(fun() -> member(Driver, Next) end) end, Last, lists:seq(2, Size)),
    Last ! {next, First},
    {Hops, fun() -> First ! {token, Hops}, receive done -> ok end end};
prepare("call", #sizes{batch = Count}) ->
    {ok, Server} = gen_server:start_link(?MODULE, server, []),
    {Count, fun() -> calls(Server, Count) end};
prepare("call-message", #sizes{batch = Count}) ->
    {ok, Server} = gen_server:start_link(?MODULE, server, []),
    {ok, Client} = gen_server:start_link(?MODULE, {client, Server, self()}, []),
    {Count, fun() -> gen_server:cast(Client, {ask, Count}), receive done -> ok end end};
prepare("spawn-exit", #sizes{spawned = Count}) ->
    {Count, fun() -> one_by_one(Count) end};
prepare("spawn-burst", #sizes{spawned = Count}) ->
    {Count, fun() -> spawned(Count) end}.

ping(_Pong, 0) -> ok;
ping(Pong, N) ->
    Pong ! {ping, self()},
    receive {pong, Pong} -> ping(Pong, N - 1) end.

pong() ->
    receive {ping, From} -> From ! {pong, self()}, pong() end.

sender(Sink, Each) ->
    receive go -> send_all(Sink, Each), sender(Sink, Each) end.

send_all(_Sink, 0) -> ok;
send_all(Sink, N) -> Sink ! {item, N}, send_all(Sink, N - 1).

sink(0) -> ok;
sink(N) -> receive {item, _} -> sink(N - 1) end.

member(Driver, Next) ->
    receive
        {token, 0} -> Driver ! done, member(Driver, Next);
        {token, N} -> Next ! {token, N - 1}, member(Driver, Next)
    end.

calls(_Server, 0) -> ok;
calls(Server, N) -> N = gen_server:call(Server, {echo, N}), calls(Server, N - 1).

one_by_one(0) -> ok;
one_by_one(N) -> spawned(1), one_by_one(N - 1).

%% The last one is monitored: one scheduler runs them in order, so its end is that of all.
spawned(1) ->
    {Pid, Ref} = spawn_monitor(fun mayfly/0),
    Pid ! go,
    receive {'DOWN', Ref, process, Pid, normal} -> ok end;
spawned(N) ->
    Pid = spawn(fun mayfly/0),
    Pid ! go,
    spawned(N - 1).

mayfly() -> receive go -> ok end.

%% ---- idle processes ----

idle_row(Count) ->
    {Before, RssBefore} = memory(),
    spawn_idle(Count),
    {After, RssAfter} = memory(),
    Bytes = (After - Before) / Count,
    print("{\"row\":\"idle\",\"p50\":~.1f,\"p99\":~.1f,\"runs\":1,\"rss\":~.1f}~n", [Bytes, Bytes, (RssAfter - RssBefore) / Count]).

spawn_idle(0) -> ok;
spawn_idle(N) -> spawn(fun idle/0), spawn_idle(N - 1).

idle() -> receive stop -> ok end.

memory() ->
    erlang:garbage_collect(),
    {ok, Text} = file:read_file("/proc/self/status"),
    {match, [Kb]} = re:run(Text, "RssAnon:\\s+(\\d+)", [{capture, all_but_first, list}]),
    {erlang:memory(processes_used) + erlang:memory(system), list_to_integer(Kb) * 1024}.

%% ---- a supervisor that restarts its children ----

restart_row(Count) ->
    Driver = self(),
    {ok, Sup} = supervisor:start_link(?MODULE, {sup, Driver}),
    lists:foreach(fun(_) -> {ok, _} = supervisor:start_child(Sup, []), receive started -> ok end end, lists:seq(1, Count)),
    fun() ->
        Children = [Pid || {_, Pid, _, _} <- supervisor:which_children(Sup)],
        {timed, fun() -> crash_in_waves(Children, Count) end}
    end.

%% A thousand at a time: with 100,000 exits in its mailbox at once, a supervisor of OTP 25 looks through them all at each start.
crash_in_waves([], _Left) -> ok;
crash_in_waves(Children, Left) ->
    Wave = min(1000, Left),
    {Now, Later} = lists:split(Wave, Children),
    lists:foreach(fun(Pid) -> Pid ! crash end, Now),
    started(Wave),
    crash_in_waves(Later, Left - Wave).

started(0) -> ok;
started(N) -> receive started -> started(N - 1) end.

start_child(Driver) -> gen_server:start_link(?MODULE, {child, Driver}, []).

%% ---- gen_server and supervisor ----

init(server) -> {ok, 0};
init({client, Server, Driver}) -> {ok, {Server, Driver, none, 0}};
init({child, Driver}) -> Driver ! started, {ok, Driver};
init({sup, Driver}) ->
    %% A period of one second: OTP 25 goes through all restarts of the period at each one.
    {ok, {#{strategy => simple_one_for_one, intensity => 1000000, period => 1},
          [#{id => child, start => {?MODULE, start_child, [Driver]}}]}}.

handle_call({echo, N}, _From, Handled) -> {reply, N, Handled + 1}.

handle_cast({ask, Count}, {Server, Driver, _, _}) ->
    {noreply, {Server, Driver, gen_server:send_request(Server, {echo, Count}), Count}}.

handle_info(crash, _State) -> error(crash);
handle_info(Message, {Server, Driver, Request, N}) ->
    {reply, N} = gen_server:check_response(Message, Request),
    case N of
        1 -> Driver ! done, {noreply, {Server, Driver, none, 0}};
        _ -> {noreply, {Server, Driver, gen_server:send_request(Server, {echo, N - 1}), N - 1}}
    end.

%% ---- measuring ----

repeat(Run, Began, Ms) ->
    run(Run),
    case ms_since(Began) < Ms of
        true -> repeat(Run, Began, Ms);
        false -> ok
    end.

samples(Id, Ms, Operations, Run) ->
    Sorted = lists:sort(collect(Run, Operations, erlang:monotonic_time(), Ms, [])),
    Runs = length(Sorted),
    At = fun(Share) -> lists:nth(min(Runs, trunc(Share * Runs) + 1), Sorted) end,
    print("{\"row\":\"~s\",\"p50\":~.1f,\"p99\":~.1f,\"runs\":~b}~n", [Id, At(0.5), At(0.99), Runs]).

collect(Run, Operations, Began, Ms, Done) ->
    Ns = run(Run),
    Samples = [Ns / Operations | Done],
    case ms_since(Began) < Ms of
        true -> collect(Run, Operations, Began, Ms, Samples);
        false -> Samples
    end.

%% Ns of one run; a run that returns {timed, Fun} has prepared something that does not count.
run(Run) ->
    Start = erlang:monotonic_time(nanosecond),
    case Run() of
        {timed, Timed} ->
            Again = erlang:monotonic_time(nanosecond),
            Timed(),
            erlang:monotonic_time(nanosecond) - Again;
        _ -> erlang:monotonic_time(nanosecond) - Start
    end.

ms_since(Began) -> erlang:convert_time_unit(erlang:monotonic_time() - Began, native, millisecond).

print(Format, Args) -> io:put_chars(io_lib:format(Format, Args)).
