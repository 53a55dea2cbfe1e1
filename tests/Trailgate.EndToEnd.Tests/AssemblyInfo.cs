// Most of these tests wait for other processes, for a browser or for a lease to end, and leave the processor to others
// meanwhile. By default there would be as many at once as the machine has cores.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
