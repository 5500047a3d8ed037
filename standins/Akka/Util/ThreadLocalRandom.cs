namespace Akka.Util;

public static class ThreadLocalRandom
{
    public static Random Current => Random.Shared;
}
