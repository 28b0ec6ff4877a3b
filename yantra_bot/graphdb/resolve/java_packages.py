"""Which package of Java's class library has a type: for files that import packages whole. A table, and how to ask it.

Source: the API specification of Java SE 21 (all public types of java.lang; of the others those that programs name).
"""

from collections.abc import Sequence
from typing import Final

_LANG: Final = "java.lang"
_TYPES: Final = {
    _LANG: """
        AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException
        AssertionError AutoCloseable Boolean BootstrapMethodError Byte CharSequence Character Class
        ClassCastException ClassCircularityError ClassFormatError ClassLoader ClassNotFoundException ClassValue
        CloneNotSupportedException Cloneable Comparable Deprecated Double Enum EnumConstantNotPresentException Error
        Exception ExceptionInInitializerError Float FunctionalInterface IllegalAccessError IllegalAccessException
        IllegalArgumentException IllegalCallerException IllegalMonitorStateException IllegalStateException
        IllegalThreadStateException IncompatibleClassChangeError IndexOutOfBoundsException InheritableThreadLocal
        InstantiationError InstantiationException Integer InternalError InterruptedException Iterable
        LayerInstantiationException LinkageError Long MatchException Math Module ModuleLayer
        NegativeArraySizeException NoClassDefFoundError NoSuchFieldError NoSuchFieldException NoSuchMethodError
        NoSuchMethodException NullPointerException Number NumberFormatException Object OutOfMemoryError Override
        Package Process ProcessBuilder ProcessHandle Readable Record ReflectiveOperationException Runnable Runtime
        RuntimeException RuntimePermission SafeVarargs ScopedValue SecurityException SecurityManager Short
        StackOverflowError StackTraceElement StackWalker StrictMath String StringBuffer StringBuilder
        StringIndexOutOfBoundsException StringTemplate SuppressWarnings System Thread ThreadDeath ThreadGroup
        ThreadLocal Throwable TypeNotPresentException UnknownError UnsatisfiedLinkError UnsupportedClassVersionError
        UnsupportedOperationException VerifyError VirtualMachineError Void WrongThreadException IO
        """,
    "java.lang.annotation": "Annotation Documented ElementType Inherited Native Repeatable Retention RetentionPolicy "
    "Target",
    "java.lang.invoke": "CallSite LambdaMetafactory MethodHandle MethodHandles MethodType VarHandle",
    "java.lang.ref": "Cleaner PhantomReference Reference ReferenceQueue SoftReference WeakReference",
    "java.lang.reflect": """
        AccessibleObject AnnotatedElement AnnotatedType Array Constructor Executable Field GenericArrayType
        GenericDeclaration InvocationHandler InvocationTargetException Member Method Modifier Parameter
        ParameterizedType Proxy RecordComponent Type TypeVariable UndeclaredThrowableException WildcardType
        """,
    "java.io": """
        BufferedInputStream BufferedOutputStream BufferedReader BufferedWriter ByteArrayInputStream
        ByteArrayOutputStream CharArrayReader CharArrayWriter Closeable Console DataInput DataInputStream DataOutput
        DataOutputStream EOFException Externalizable File FileDescriptor FileFilter FileInputStream
        FileNotFoundException FileOutputStream FileReader FileWriter FilenameFilter FilterInputStream
        FilterOutputStream FilterReader FilterWriter Flushable IOError IOException InputStream InputStreamReader
        InterruptedIOException InvalidClassException InvalidObjectException LineNumberReader NotSerializableException
        ObjectInput ObjectInputFilter ObjectInputStream ObjectOutput ObjectOutputStream ObjectStreamClass
        ObjectStreamException OutputStream OutputStreamWriter PipedInputStream PipedOutputStream PipedReader
        PipedWriter PrintStream PrintWriter PushbackInputStream PushbackReader RandomAccessFile Reader
        SequenceInputStream Serial Serializable StreamCorruptedException StreamTokenizer StringReader StringWriter
        UncheckedIOException UnsupportedEncodingException Writer
        """,
    "java.math": "BigDecimal BigInteger MathContext RoundingMode",
    "java.net": """
        Authenticator ConnectException CookieHandler CookieManager DatagramPacket DatagramSocket HttpCookie
        HttpURLConnection Inet4Address Inet6Address InetAddress InetSocketAddress JarURLConnection
        MalformedURLException MulticastSocket NetworkInterface PasswordAuthentication PortUnreachableException
        ProtocolException Proxy ProxySelector ServerSocket Socket SocketAddress SocketException SocketTimeoutException
        StandardSocketOptions URI URISyntaxException URL URLClassLoader URLConnection URLDecoder URLEncoder
        URLStreamHandler UnknownHostException
        """,
    "java.net.http": "HttpClient HttpHeaders HttpRequest HttpResponse HttpTimeoutException WebSocket",
    "java.nio": """
        Buffer BufferOverflowException BufferUnderflowException ByteBuffer ByteOrder CharBuffer DoubleBuffer
        FloatBuffer IntBuffer LongBuffer MappedByteBuffer ReadOnlyBufferException ShortBuffer
        """,
    "java.nio.channels": """
        AsynchronousFileChannel AsynchronousSocketChannel ByteChannel Channel Channels ClosedChannelException
        CompletionHandler DatagramChannel FileChannel FileLock Pipe ReadableByteChannel SelectableChannel SelectionKey
        Selector ServerSocketChannel SocketChannel WritableByteChannel
        """,
    "java.nio.charset": "CharacterCodingException Charset CharsetDecoder CharsetEncoder CodingErrorAction "
    "StandardCharsets UnsupportedCharsetException",
    "java.nio.file": """
        AccessDeniedException AccessMode AtomicMoveNotSupportedException CopyOption DirectoryNotEmptyException
        DirectoryStream FileAlreadyExistsException FileStore FileSystem FileSystemException FileSystems FileVisitOption
        FileVisitResult FileVisitor Files InvalidPathException LinkOption NoSuchFileException NotDirectoryException
        OpenOption Path PathMatcher Paths SimpleFileVisitor StandardCopyOption StandardOpenOption
        StandardWatchEventKinds WatchEvent WatchKey WatchService
        """,
    "java.nio.file.attribute": "BasicFileAttributes FileAttribute FileTime PosixFilePermission PosixFilePermissions "
    "UserPrincipal",
    "java.security": """
        AccessController GeneralSecurityException InvalidKeyException Key KeyFactory KeyPair KeyPairGenerator KeyStore
        MessageDigest NoSuchAlgorithmException Permission Principal PrivateKey PrivilegedAction Provider PublicKey
        SecureRandom Security Signature SignatureException
        """,
    "java.sql": """
        Array Blob CallableStatement Clob Connection DatabaseMetaData Date Driver DriverManager PreparedStatement
        ResultSet ResultSetMetaData SQLException SQLIntegrityConstraintViolationException SQLTimeoutException
        SQLWarning Savepoint Statement Time Timestamp Types
        """,
    "java.text": """
        BreakIterator ChoiceFormat CollationKey Collator DateFormat DateFormatSymbols DecimalFormat
        DecimalFormatSymbols FieldPosition Format MessageFormat Normalizer NumberFormat ParseException ParsePosition
        SimpleDateFormat
        """,
    "java.time": """
        Clock DateTimeException DayOfWeek Duration Instant InstantSource LocalDate LocalDateTime LocalTime Month
        MonthDay OffsetDateTime OffsetTime Period Year YearMonth ZoneId ZoneOffset ZonedDateTime
        """,
    "java.time.format": "DateTimeFormatter DateTimeFormatterBuilder DateTimeParseException FormatStyle ResolverStyle "
    "SignStyle TextStyle",
    "java.time.temporal": """
        ChronoField ChronoUnit IsoFields Temporal TemporalAccessor TemporalAdjuster TemporalAdjusters TemporalAmount
        TemporalField TemporalQueries TemporalQuery TemporalUnit ValueRange WeekFields
        """,
    "java.util": """
        AbstractCollection AbstractList AbstractMap AbstractQueue AbstractSequentialList AbstractSet ArrayDeque
        ArrayList Arrays Base64 BitSet Calendar Collection Collections Comparator ConcurrentModificationException
        Currency Date Deque Dictionary DoubleSummaryStatistics DuplicateFormatFlagsException EmptyStackException
        EnumMap EnumSet Enumeration EventListener EventListenerProxy EventObject Formattable Formatter
        GregorianCalendar HashMap HashSet Hashtable HexFormat IdentityHashMap IllegalFormatException
        InputMismatchException IntSummaryStatistics InvalidPropertiesFormatException Iterator LinkedHashMap
        LinkedHashSet LinkedList List ListIterator ListResourceBundle Locale LongSummaryStatistics Map
        MissingFormatArgumentException MissingResourceException NavigableMap NavigableSet NoSuchElementException
        Objects Observable Observer Optional OptionalDouble OptionalInt OptionalLong PrimitiveIterator PriorityQueue
        Properties PropertyResourceBundle Queue Random RandomAccess ResourceBundle Scanner SequencedCollection
        SequencedMap SequencedSet ServiceLoader Set SimpleTimeZone SortedMap SortedSet Spliterator Spliterators
        SplittableRandom Stack StringJoiner StringTokenizer TimeZone Timer TimerTask TooManyListenersException
        TreeMap TreeSet UUID UnknownFormatConversionException Vector WeakHashMap
        """,
    "java.util.concurrent": """
        AbstractExecutorService ArrayBlockingQueue BlockingDeque BlockingQueue BrokenBarrierException Callable
        CancellationException CompletableFuture CompletionException CompletionService CompletionStage
        ConcurrentHashMap ConcurrentLinkedDeque ConcurrentLinkedQueue ConcurrentMap ConcurrentNavigableMap
        ConcurrentSkipListMap ConcurrentSkipListSet CopyOnWriteArrayList CopyOnWriteArraySet CountDownLatch
        CountedCompleter CyclicBarrier DelayQueue Delayed Exchanger ExecutionException Executor
        ExecutorCompletionService ExecutorService Executors Flow ForkJoinPool ForkJoinTask ForkJoinWorkerThread Future
        FutureTask LinkedBlockingDeque LinkedBlockingQueue LinkedTransferQueue Phaser PriorityBlockingQueue
        RecursiveAction RecursiveTask RejectedExecutionException RejectedExecutionHandler RunnableFuture
        RunnableScheduledFuture ScheduledExecutorService ScheduledFuture ScheduledThreadPoolExecutor Semaphore
        StructuredTaskScope SubmissionPublisher SynchronousQueue ThreadFactory ThreadLocalRandom ThreadPoolExecutor
        TimeUnit TimeoutException TransferQueue
        """,
    "java.util.concurrent.atomic": """
        AtomicBoolean AtomicInteger AtomicIntegerArray AtomicIntegerFieldUpdater AtomicLong AtomicLongArray
        AtomicLongFieldUpdater AtomicMarkableReference AtomicReference AtomicReferenceArray
        AtomicReferenceFieldUpdater AtomicStampedReference DoubleAccumulator DoubleAdder LongAccumulator LongAdder
        """,
    "java.util.concurrent.locks": "AbstractQueuedSynchronizer Condition Lock LockSupport ReadWriteLock ReentrantLock "
    "ReentrantReadWriteLock StampedLock",
    "java.util.function": """
        BiConsumer BiFunction BiPredicate BinaryOperator BooleanSupplier Consumer DoubleBinaryOperator DoubleConsumer
        DoubleFunction DoublePredicate DoubleSupplier DoubleToIntFunction DoubleToLongFunction DoubleUnaryOperator
        Function IntBinaryOperator IntConsumer IntFunction IntPredicate IntSupplier IntToDoubleFunction
        IntToLongFunction IntUnaryOperator LongBinaryOperator LongConsumer LongFunction LongPredicate LongSupplier
        LongToDoubleFunction LongToIntFunction LongUnaryOperator ObjDoubleConsumer ObjIntConsumer ObjLongConsumer
        Predicate Supplier ToDoubleBiFunction ToDoubleFunction ToIntBiFunction ToIntFunction ToLongBiFunction
        ToLongFunction UnaryOperator
        """,
    "java.util.jar": "Attributes JarEntry JarFile JarInputStream JarOutputStream Manifest",
    "java.util.logging": "ConsoleHandler FileHandler Filter Formatter Handler Level LogManager LogRecord Logger "
    "SimpleFormatter StreamHandler",
    "java.util.regex": "MatchResult Matcher Pattern PatternSyntaxException",
    "java.util.stream": "BaseStream Collector Collectors DoubleStream Gatherer Gatherers IntStream LongStream Stream "
    "StreamSupport",
    "java.util.zip": "Adler32 CRC32 Checksum DataFormatException Deflater GZIPInputStream GZIPOutputStream Inflater "
    "ZipEntry ZipException ZipFile ZipInputStream ZipOutputStream",
    "java.beans": "BeanInfo Introspector PropertyChangeEvent PropertyChangeListener PropertyChangeSupport "
    "PropertyDescriptor",
    "java.awt": """
        BasicStroke BorderLayout Canvas CardLayout Color Component Container Cursor Desktop Dialog Dimension EventQueue
        FlowLayout Font FontMetrics Frame Graphics Graphics2D GridBagConstraints GridBagLayout GridLayout Image Insets
        KeyboardFocusManager Label LayoutManager Paint Panel Point Polygon Rectangle RenderingHints Robot Shape Stroke
        Toolkit Window
        """,
    "java.awt.event": """
        ActionEvent ActionListener AdjustmentListener ComponentAdapter ComponentEvent ComponentListener FocusAdapter
        FocusEvent FocusListener InputEvent ItemEvent ItemListener KeyAdapter KeyEvent KeyListener MouseAdapter
        MouseEvent MouseListener MouseMotionListener MouseWheelEvent WindowAdapter WindowEvent WindowListener
        """,
    "javax.swing": """
        AbstractAction Action BorderFactory Box BoxLayout ButtonGroup DefaultListModel Icon ImageIcon JButton JCheckBox
        JComboBox JComponent JDialog JFileChooser JFrame JLabel JList JMenu JMenuBar JMenuItem JOptionPane JPanel
        JPasswordField JProgressBar JRadioButton JScrollPane JSlider JSplitPane JTabbedPane JTable JTextArea JTextField
        JToolBar JTree KeyStroke SwingConstants SwingUtilities SwingWorker Timer UIManager
        """,
}
_PACKAGES: Final = {package: frozenset(names.split()) for package, names in _TYPES.items()}


def find_package(name: str, stars: Sequence[str]) -> str:
    """Return the package that a simple name of a type outside is of; `stars` are the packages imported whole.

    One that the table does not know may have any name. Where nothing tells, it is the language's own package.
    """
    if name in _PACKAGES[_LANG]:
        return _LANG
    having = [package for package in stars if name in _PACKAGES.get(package, ())]
    unknown = having or (list(stars) if len(stars) == 1 else [one for one in stars if one not in _PACKAGES])
    return unknown[0] if having or len(unknown) == 1 else _LANG
