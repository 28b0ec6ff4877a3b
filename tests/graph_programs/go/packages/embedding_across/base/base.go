package base

type Service struct{}

func (s *Service) Start() { s.prepare() }

func (s *Service) Stop() {}

func (s *Service) prepare() {}

type Logger struct{}

func (l *Logger) Log(text string) { l.write(text) }

func (l *Logger) write(text string) {}
